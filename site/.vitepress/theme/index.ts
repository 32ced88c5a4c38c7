import DefaultTheme from 'vitepress/theme-without-fonts';
// After the theme, whose rules it overrides.
import './style.css';

export default DefaultTheme;
